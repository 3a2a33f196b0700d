r $A install one $C/words -n $NS-new
r $A install one $C/words -n $NS-new --create-namespace --dry-run=server
r $A install one $C/words -n $NS-new --create-namespace
kubectl get ns $NS-new -o jsonpath='{.metadata.labels.name} {.metadata.annotations}'; echo
r $A install two $C/words -n $NS-new --create-namespace
r $B list -n $NS-new
r $B upgrade --install three $C/words -n $NS-other --create-namespace
r $B list -n $NS-other -q
r $B uninstall one two -n $NS-new
r $B list -A -l none=here
k delete ns $NS-new $NS-other --wait=false >/dev/null
