r $A install one $C/kinds --server-side=false
r $B upgrade one $C/kinds --set turn=2
r $A upgrade one $C/kinds --set turn=3 --server-side=true
r $B rollback one 1
# A replacement carries the resourceVersion that was read: a controller that writes in between fails it.
until_settled daemonsets,cronjobs,poddisruptionbudgets,horizontalpodautoscalers,persistentvolumeclaims
r $A upgrade one $C/kinds --set turn=2 --server-side=false --force-replace
r $B status one
r $B uninstall one
