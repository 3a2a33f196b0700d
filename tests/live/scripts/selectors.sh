for n in cherry apple; do q $A install $n $C/words --set count=0 --labels kind=fruit,first=${n:0:1},num=10,example.com/x=y,e=; done
while IFS= read -r selector; do r $B list -q -l "$selector"; done <<'L'
first in (a,,b)
first in (a,b,,)
first in (,)
first in (a b)
first notin ()
e in (,x)
kind in (!
kind in (a !
kind in (a,(
kind in (ok,-b,²)
num>05
num<5.5
num>²
num>-5
num>+5
num>99999999999999999999
num<,kind
num>!
a=b=c
kind = = fruit
kind,
kind,,first
kind fruit
kind=fruit first=a
kind=fruit,(
!kind=a
!in
in in (in)
()
example.com/x=y
example.com/x/y
Example.com/x
example..com/x
/
x/
ü=1
²=1
a=²
a=-b
-a=b
kind="fruit"
kind=üüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüüü
aaaaaaaaaabbbbbbbbbbccccccccccaaaaaaaaaabbbbbbbbbbccccccccccaaaa=1
L
r $B list -q -l "$(printf 'kind\v=fruit')"
r $B list -q -f "$(python3 -c 'print("(" * 1200 + "a" + ")" * 1200)')"
