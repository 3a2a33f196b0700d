P='---
apiVersion: v1
kind: Pod
metadata: {name: stuck}
spec: {containers: [{name: c, image: x}]}'
r $A install one $C/words --set-literal "extra=$P" --wait --timeout 2s
r $A status one
r $B upgrade one $C/words --set-literal "extra=$P" --wait=watcher --timeout 2s
r $B upgrade one $C/words --set-literal "extra=$P" --wait=legacy --timeout 2s
r $B upgrade one $C/words --set-literal "extra=$P" --wait=hookOnly --timeout 2s
r $B upgrade one $C/words --set-literal "extra=$P" --wait=true --timeout 2s
r $A rollback one 1 --wait --timeout 2s
r $A history one
