r $A install one $C/words
export KUBECONFIG=$KUBECONFIG_USER
r $B list
r $B list -A
r $B status one
r $B history one
r $B get values one
r $B install two $C/words
r $B install two $C/words --create-namespace
r $B install two $C/words --dry-run=server
r $B upgrade one $C/words
r $B upgrade --install one $C/words
r $B rollback one
r $B uninstall one
r $B uninstall one --ignore-not-found
r $B test one
r $B list --kube-token wrong
r $B status one --kube-token wrong
r $B install two $C/words --kube-token wrong
r $B list --kube-as-user somebody
export KUBECONFIG=$KUBECONFIG_ADMIN
r $B list --kube-as-user somebody
r $B status one --kube-as-user somebody --kube-as-group workers --kube-as-group others
r $B list -q --kube-as-user admin --kube-as-group system:masters
r $B upgrade one $C/words --kube-as-user admin --kube-as-group system:masters
r $B list --kube-as-group workers
