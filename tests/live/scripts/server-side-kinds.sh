r $A install one $C/kinds
r $B upgrade one $C/kinds --set turn=2
r $B status one
r $B get manifest one
r $A rollback one 1
r $A upgrade one $C/kinds --set turn=3 --force-conflicts
r $B uninstall one --wait --timeout 300s
