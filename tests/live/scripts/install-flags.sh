r $A install one $C/app --description "the first" --labels team=blue,stage=test
r $B get metadata one
r $B get metadata one -o yaml
r $B list -l team=blue
r $A install two $C/app --hide-notes
r $A install $C/words --generate-name --set count=0 -o json --hide-notes
r $A install --name-template 'three-{{ add 1 2 }}' $C/words
r $A install --name-template '{{ .Nope }' $C/words
r $A install $C/words
r $A install one two $C/words
r $A install four $C/words --labels name=x
r $A install four $C/words --labels 'a b=x'
r $A install four $C/words --labels team=-bad-
r $A install four $C/words --timeout 5
r $A install four $C/words --timeout 0s
r $A install five $C/app --render-subchart-notes
r $A install six $C/app -o yaml
r $B install six $C/app
r $B history six -o json
