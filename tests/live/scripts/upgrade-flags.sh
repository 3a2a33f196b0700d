r $A upgrade one $C/words
r $A upgrade --install one $C/words --description "made by upgrade" --labels a=1
r $A upgrade --install one $C/words --description "second" --labels b=2,a=null -o json --hide-notes
r $B get metadata one
r $B upgrade one $C/words -i --create-namespace --wait --timeout 300s
r $B upgrade one
r $B upgrade one $C/nothing
r $B upgrade Bad_Name $C/words
r $B upgrade --install Bad_Name $C/words
r $B upgrade one $C/words --labels owner=me
r $B upgrade one $C/words --version 9.9.9
r $B upgrade one $C/words --set-literal extra='{{'
r $B upgrade one $C/words --set-literal 'extra=---
apiVersion: v1
kind: Nonsense
metadata: {name: na}'
r $B upgrade one $C/words --timeout -1s
r $A history one
r $A upgrade one $C/app --render-subchart-notes
r $A upgrade one $C/app --hide-notes --no-hooks
r $A list
