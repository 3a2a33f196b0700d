q $A install one $C/app
until_ready deploy/one-app '{.status.readyReplicas}' 1
r $B uninstall one --cascade=sideways
r $B uninstall one --cascade=orphan
k get rs -o name | sed 's/-[a-z0-9]*$//'
k delete rs --all >/dev/null
q $A install two $C/app
until_ready deploy/two-app '{.status.readyReplicas}' 1
r $B uninstall two --cascade=foreground --wait --timeout 300s
k get deploy,rs -o name
q $A install three $C/words
r $B uninstall three --dry-run
r $B uninstall three --keep-history --description "away"
r $B history three
r $B list --uninstalled
r $B list -q
r $B status three
r $A uninstall three --keep-history
r $A uninstall three
r $A uninstall three
r $A uninstall three --ignore-not-found
r $A uninstall three --ignore-not-found --dry-run
r $A uninstall three --dry-run
r $A uninstall Bad_Name
q $A install four $C/words; q $A install five $C/words
r $A delete four nothing five
r $A del five --wait=legacy --timeout 300s
r $A un four --timeout bad
