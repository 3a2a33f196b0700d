r $A install one $C/hooks --set fail=pre-install --timeout 300s
r $A status one
k get jobs,pods,cm -o name
r $B upgrade one $C/hooks --timeout 300s
r $B upgrade one $C/hooks --set fail=post-upgrade --timeout 300s
r $A rollback one 2
r $B upgrade one $C/hooks --set stuck=pre-upgrade --timeout 2s
r $B upgrade one $C/hooks --set stuck=pre-upgrade --timeout 2s --wait=legacy
r $B upgrade one $C/hooks --set fail=pre-delete
r $B uninstall one --timeout 300s
r $B status one
r $B uninstall one --no-hooks
r $A install two $C/hooks --set fail=post-delete
r $A uninstall two --timeout 300s
r $A status two
r $A install three $C/hooks --set kind=Job,fail=pre-install,events={pre-install} --wait=legacy --timeout 300s
r $A install four $C/hooks --set kind=Job,fail=post-install,events={post-install} --timeout 300s
r $A status four
r $A install five $C/hooks --set fail=post-install --timeout 300s --wait=legacy
r $A history five
