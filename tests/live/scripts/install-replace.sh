r $A install one $C/words --set word=a
r $A install one $C/words --replace
r $A uninstall one --keep-history
r $A install one $C/words --set word=b --replace
r $A history one
r $A install bad $C/words --set-literal extra='---
apiVersion: v1
kind: ConfigMap
metadata: {name: Bad_Name}'
r $A install bad $C/words --replace
r $B history bad
r $B upgrade one $C/words
r $B uninstall one --keep-history --description done
r $B upgrade one $C/words
r $A upgrade --install one $C/words
r $A history one
