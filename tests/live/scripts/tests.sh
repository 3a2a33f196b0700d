r $A install one $C/app
r $B test one
r $A status one
r $B test one --logs
r $B test one --filter name=one-first
r $B test one --filter '!name=one-first'
r $B test one --filter name=one-second,name=one-first
r $B test one --filter nonsense=x
r $B test one --filter name=nothing
r $A upgrade one $C/app --set checks.fail=true
r $A test one --timeout 300s
r $A get hooks one
r $A status one
r $A history one
r $A test one --timeout 300s --logs
r $A test nothing
r $A test Bad_Name
r $A test
r $B test one --filter name=one-third --hide-notes
k get pods -o name | grep -v -- -app-
