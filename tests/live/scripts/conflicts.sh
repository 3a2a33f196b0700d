r $A install one $C/app
k scale deploy one-app --replicas 3 >/dev/null
k patch deploy one-app --type strategic -p '{"spec":{"template":{"spec":{"containers":[{"name":"server","image":"registry.example/other:1","env":[{"name":"MODE","value":"mine"}]}]}}}}' --field-manager=hand >/dev/null
r $B upgrade one $C/app --set settings.mode=fancy,replicas=2
r $B history one
r $B upgrade one $C/app --set settings.mode=fancy,replicas=2 --force-conflicts
k get deploy one-app -o jsonpath='{.spec.replicas} {.spec.template.spec.containers[0].image}'; echo
r $A upgrade one $C/app --force-replace
# A replacement carries the resourceVersion that was read: a controller that writes in between fails it.
until_settled deployments,statefulsets
r $A upgrade one $C/app --force-replace --server-side=false
r $A upgrade one $C/app --force-replace --force-conflicts
r $A upgrade one $C/app --force
state
