r $A install one $C/hooks
k get jobs,cm -o name
r $B upgrade one $C/hooks --set text=two
r $B rollback one 1
r $B get hooks one
r $A history one
r $A uninstall one --keep-history
r $A get all one
k get jobs -o name
r $B status one -o json
