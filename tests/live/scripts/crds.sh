# serial: the definition is the cluster's
k create configmap seed --from-literal=a=b >/dev/null
r $A install one $C/crds --skip-crds
r $A install one $C/crds --dry-run=client
r $A install one $C/crds
k get cart one -o jsonpath='{.spec}'; echo
k get cm one-seen -o jsonpath='{.data}'; echo
r $B upgrade one $C/crds --set size=4
k get cm one-seen -o jsonpath='{.data}'; echo
k patch cart one --type merge -p '{"spec":{"size":9}}' >/dev/null
r $B upgrade one $C/crds --set size=5
r $B upgrade one $C/crds --set size=5 --force-conflicts
r $B upgrade one $C/crds --set-string size=large
r $A upgrade one $C/crds --server-side=false --set-json 'wheels=[{"name":"back","count":2}]'
k get cart one -o jsonpath='{.spec}'; echo
k patch cart one --type merge -p '{"spec":{"size":8}}' >/dev/null
r $A upgrade one $C/crds --server-side=false --set size=6
k get cart one -o jsonpath='{.spec}'; echo
r $B rollback one 1
r $B status one
r $B install two $C/crds
r $B upgrade --install three $C/crds --skip-crds
r $A template t $C/crds --validate
r $A template t $C/crds --dry-run=server
r $A template t $C/crds --include-crds
r $A uninstall one two three
kubectl get crd carts.steersman.example -o name
kubectl delete crd carts.steersman.example >/dev/null 2>&1
r $A list -q
