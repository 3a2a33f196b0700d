r $A install one $C/app --set checks.logs=true --hide-notes
r $B test one --logs --hide-notes
r $B test one --logs --filter name=one-second-log
r $B upgrade one $C/app --set checks.logs=true,checks.fail=true --hide-notes
r $B test one --logs --timeout 300s
