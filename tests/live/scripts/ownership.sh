k create configmap one-0 --from-literal=mine=1 >/dev/null
r $A install one $C/words
r $A install one $C/words --dry-run=server
r $A install one $C/words --take-ownership --set word=taken
k get cm one-0 -o jsonpath='{.data} {.metadata.labels} {.metadata.annotations}'; echo
r $B install two $C/words --set-literal extra='---
apiVersion: v1
kind: ConfigMap
metadata: {name: one-0}'
r $B upgrade --install two $C/words
r $B upgrade two $C/words --set-literal extra='---
apiVersion: v1
kind: ConfigMap
metadata: {name: one-1}'
r $B upgrade two $C/words --take-ownership --set-literal extra='---
apiVersion: v1
kind: ConfigMap
metadata: {name: one-1}
data: {stolen: "yes"}'
r $A uninstall one
k get cm one-1 -o jsonpath='{.data}'; echo
r $A uninstall two
k get cm -o name
r $A install three $C/words --server-side=false
k create configmap four-0 --from-literal=mine=1 >/dev/null
r $B install four $C/words --take-ownership --server-side=false
r $B install four $C/words --take-ownership --replace --server-side=false
k create configmap five-0 --from-literal=word=mine >/dev/null
r $A install five $C/words --take-ownership --force-conflicts
k create configmap six-0 --from-literal=word=mine >/dev/null
r $A install six $C/words --take-ownership --force-replace
r $A install six $C/words --take-ownership --force-replace --server-side=false
