r $A install one $C/app --server-side=false --set ports='[{"name":"http","port":80},{"name":"admin","port":81}]'
k scale deploy one-app --replicas 4 >/dev/null
k patch deploy one-app --type json -p '[{"op":"add","path":"/spec/template/spec/containers/0/env/-","value":{"name":"EXTRA","value":"1"}}]' >/dev/null
r $B upgrade one $C/app --set-json 'ports=[{"name":"http","port":80},{"name":"more","port":82}]' --set settings.mode=fancy
k get deploy one-app -o jsonpath='{.spec.replicas} {.spec.template.spec.containers[0].env} {.spec.template.spec.containers[0].ports}'; echo
state
r $B upgrade one $C/app --set replicas=2 --set settings.other=x
r $A upgrade one $C/app --set replicas=2 --set settings=null
r $A rollback one 1
state
r $A upgrade one $C/app --server-side=true
r $A get metadata one
state
r $B upgrade one $C/app --server-side=false --set replicas=3
state
r $B upgrade one $C/app --server-side=auto
r $B rollback one 3 --server-side=auto
r $A rollback one 5 --server-side=true
r $A upgrade one $C/app --server-side=maybe
r $A install two $C/app --server-side=auto
r $A install two $C/app --server-side=false --force-conflicts
