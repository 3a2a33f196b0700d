export HELM_DRIVER=configmap
r $A install one $C/words --labels a=b
r $B upgrade one $C/words --set word=two
r $B history one
r $B rollback one 1
r $B list -l a=b
r $B get all one
state
r $A upgrade one $C/words --history-max 2
r $A history one
r $A uninstall one --keep-history
r $A list --uninstalled
r $A status nothing
r $A upgrade nothing $C/words
r $A uninstall one
HELM_DRIVER=nonsense r $A list
HELM_DRIVER=secrets r $A install one $C/words
HELM_DRIVER=configmaps r $A list
HELM_DRIVER=secret r $A list
