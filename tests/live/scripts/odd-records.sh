q $A install one $C/words --set count=0
q $A install two $C/words --set count=0
relabel() { k label secret sh.helm.release.v1.one.v1 "$@" --overwrite >/dev/null; for c in list 'list --failed -q' 'history one' 'status one' 'get metadata one -o json' 'rollback one --dry-run=client' 'list -l a'; do r $B $c; done; }
relabel status-
relabel status=strange
relabel status=failed
relabel version=7 status=deployed
relabel version=x
relabel version-
relabel version=1 name=other
relabel name-
relabel name=one owner-
relabel owner=helm a=b
for kind in secret configmap; do
  export HELM_DRIVER=$kind
  q $A install three $C/words --set count=0
  k get $kind sh.helm.release.v1.three.v1 -o json | python3 -c 'import json,sys; d=json.load(sys.stdin); d["data"]["release"]="bm90"; json.dump(d, sys.stdout)' | k replace -f - >/dev/null
  for c in list 'history three' 'status three' "upgrade three $C/words" 'rollback three' 'get values three' 'uninstall three' 'uninstall three --dry-run' 'uninstall three --ignore-not-found'; do r $B $c; done
done
