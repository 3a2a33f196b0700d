# serial: the definition is the cluster's
r $A install one $C/crds
kubectl delete crd carts.steersman.example >/dev/null 2>&1
sleep 1
r $B upgrade one $C/crds --skip-crds
r $B upgrade one $C/words
r $B rollback one 1
r $B uninstall one
r $B history one
r $B uninstall one --dry-run
