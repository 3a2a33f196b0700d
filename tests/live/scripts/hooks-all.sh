r $A install one $C/hooks
k get pods,cm -o name
r $B upgrade one $C/hooks --set text=two
r $B rollback one 1
r $B get hooks one
r $A history one
r $A uninstall one --keep-history
r $A get all one
k get pods -o name
r $B status one -o json
r $A install two $C/hooks --set kind=Job --set events='{pre-install,post-install}'
k get jobs -o name
r $B uninstall two
