P='---
apiVersion: v1
kind: Pod
metadata: {name: stuck}
spec: {containers: [{name: c, image: x}]}'
r $A install one $C/words --set-literal "extra=$P" --wait --timeout 3s
r $A status one
r $B upgrade one $C/words --set-literal "extra=$P" --wait=watcher --timeout 3s
r $B upgrade one $C/words --set-literal "extra=$P" --wait=legacy --timeout 3s
r $B upgrade one $C/words --set-literal "extra=$P" --wait=hookOnly --timeout 3s
r $B upgrade one $C/words --set-literal "extra=$P" --wait=true --timeout 3s
r $B upgrade one $C/words --set-literal "extra=$P" --wait=false --timeout 3s
r $A rollback one 1 --wait --timeout 3s
r $A history one
