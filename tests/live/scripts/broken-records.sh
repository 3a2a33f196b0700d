q $A install one $C/words
q $A upgrade one $C/words --set word=two
k get secret sh.helm.release.v1.one.v2 -o json | python3 -c 'import json,sys; d=json.load(sys.stdin); d["data"]["release"]="bm90aGluZw=="; json.dump(d, sys.stdout)' | k replace -f - >/dev/null
r $B list
r $B list -q
r $B history one
r $B status one
r $B get values one --revision 2
r $B upgrade one $C/words
r $B rollback one 1
r $B uninstall one
k delete secret sh.helm.release.v1.one.v2 >/dev/null
r $B history one
r $B upgrade one $C/words
r $B uninstall one
