r $A install one $C/words --set count=3
k delete cm one-1 >/dev/null
r $B upgrade one $C/words --set count=2,word=two
k get cm -o name
r $B upgrade one $C/app
k get cm,deploy -o name
r $A upgrade one $C/words --set-literal 'extra=---
apiVersion: v1
kind: ConfigMap
metadata: {name: elsewhere, namespace: no-such-namespace-here}'
r $A history one
r $A upgrade one $C/words
k create ns $NS-two >/dev/null
r $A upgrade one $C/words --set-literal "extra=---
apiVersion: v1
kind: ConfigMap
metadata: {name: elsewhere, namespace: $NS-two}"
kubectl -n $NS-two get cm elsewhere -o jsonpath='{.metadata.annotations}'; echo
r $B status one
r $B upgrade one $C/words
kubectl -n $NS-two get cm -o name
kubectl delete ns $NS-two --wait=false >/dev/null
