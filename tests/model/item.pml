/*
 * The item protocol (claim, look, plan, push, look again, open, finish, emit, ack) as a model for
 * Spin: one finding, its generations, several workers that may stand still anywhere and be killed
 * anywhere, calls that fail after their effect, leases that end too soon, a Redis that forgets,
 * records that come again, and people who close pull requests. check runs it.
 *
 * Abstract: time (a lease ends when its worker is gone, or, a few times, just so), content (a plan
 * is there or not), fences (a worker's number, since a killed worker forgets what it held), the way
 * through a retry topic (a record stays until it is acked). One thing is assumed and named: people
 * do not answer a pull request in the very moment between a worker's last look at it and the
 * arrival of that worker's request to open it. Without that (-DHASTY) a closed one can be opened
 * again, since GitHub cannot check our fence; nothing on our side can prevent it.
 *
 * The broken ones: -DUNIQUE_BRANCH -DBRANCH_IS_DONE -DIN_PROGRESS_IS_DONE -DNO_REEMIT
 * -DCOMMIT_FIRST -DNO_EXPIRY, and two of ours: -DNO_FENCE -DONE_RECORD (all generations share one
 * record), -DLOOK_ONCE (no second look before the request).
 */
#ifndef WORKERS
#define WORKERS 2
#endif
#ifndef GENERATIONS
#define GENERATIONS 2
#endif
#ifndef CRASHES
#define CRASHES 2
#endif
#ifndef FAILURES
#define FAILURES 1 /* calls whose effect happened and whose answer was lost */
#endif
#ifndef EXPIRIES
#define EXPIRIES 2 /* leases that end while their worker lives */
#endif
#ifndef FLUSHES
#define FLUSHES 1
#endif
#ifndef REPEATS
#define REPEATS 1 /* acked records that come again */
#endif

#define ABSENT  0
#define FREE    1
#define CLAIMED 2
#define DONE    3

#define NONE   0
#define OPEN   1
#define CLOSED 2

/* Redis, by generation */
byte record[GENERATIONS];
byte owner[GENERATIONS]; /* worker + 1 */
bit expired[GENERATIONS];
bit plan[GENERATIONS];
/* GitHub */
bit branch[GENERATIONS];
byte pull[GENERATIONS];
byte opened; /* pull requests open now */
/* Kafka */
bit sent[GENERATIONS];
bit acked[GENERATIONS];
bit ended[GENERATIONS]; /* its terminal event is stored */
/* for the checks */
bit adopts[GENERATIONS]; /* somebody saw the last generation's pull request open */
/* what goes wrong, so far */
byte crashes, failures, expiries, flushes, repeats;
/* of the workers, for the others' eyes: number + 1 */
byte holds[WORKERS];    /* the claim that it thinks it has */
byte asks_for[WORKERS]; /* between its last look and its request */

#ifdef ONE_RECORD
#define R 0
#else
#define R g
#endif

/* Every step may be the last, or have its answer lost: then the claim is given back and all begins
 * anew. */
#define MAY_CRASH                                                                                  \
    atomic { crashes < CRASHES -> crashes++; holds[me] = 0; asks_for[me] = 0; goto idle }
#define MAY_FAIL                                                                                   \
    if                                                                                             \
    :: skip                                                                                        \
    :: failures < FAILURES -> failures++; goto give_back                                           \
    fi

#define HELD_BY_ME (record[R] == CLAIMED && owner[R] == me + 1 && !expired[R])

proctype worker(byte me)
{
    byte g;

end_idle:
idle:
    atomic {
        if
        :: sent[0] && !acked[0] -> g = 0
#if GENERATIONS > 1
        :: sent[1] && !acked[1] -> g = 1
#endif
#if GENERATIONS > 2
        :: sent[2] && !acked[2] -> g = 2
#endif
        fi
    }

claim:
    if
    :: MAY_CRASH
    :: atomic { record[R] == DONE ->
#ifdef NO_REEMIT
        goto ack
#else
        goto emit
#endif
       }
    :: atomic { record[R] == ABSENT || record[R] == FREE || (record[R] == CLAIMED && expired[R]) ->
        record[R] = CLAIMED; owner[R] = me + 1; expired[R] = 0; holds[me] = R + 1;
        MAY_FAIL
       }
#ifdef IN_PROGRESS_IS_DONE
    :: atomic { record[R] == CLAIMED && !expired[R] -> goto ack }
#endif
    /* else it is held: wait; somebody else may ack it meanwhile */
    :: atomic { acked[g] -> goto idle }
    fi;

look:
    if
    :: MAY_CRASH
    :: atomic { true ->
        if
#ifdef BRANCH_IS_DONE
        :: branch[g] -> goto finish
#endif
#ifndef UNIQUE_BRANCH
        :: pull[g] != NONE -> goto finish
#if GENERATIONS > 1
        :: g > 0 && pull[(g > 0 -> g - 1 : 0)] == OPEN -> adopts[g] = 1; goto finish
#endif
#endif
        :: else
        fi
       }
    fi;

save:
    if
    :: MAY_CRASH
    :: atomic { plan[R] }
    :: atomic { !plan[R] ->
        if
        :: HELD_BY_ME -> plan[R] = 1
        :: else -> goto give_back
        fi;
        MAY_FAIL
       }
    fi;

push:
    if
    :: MAY_CRASH
    :: atomic { true -> branch[g] = 1; MAY_FAIL }
    fi;

look_again:
    if
    :: MAY_CRASH
    :: atomic { true ->
        if
#if !defined(UNIQUE_BRANCH) && !defined(LOOK_ONCE)
        :: pull[g] != NONE -> goto finish
#endif
        :: else -> asks_for[me] = g + 1
        fi
       }
    fi;

open:
    if
    :: MAY_CRASH
    :: atomic { true ->
        asks_for[me] = 0;
        if
#ifndef UNIQUE_BRANCH
        :: pull[g] == OPEN /* "a pull request already exists": it is adopted */
#endif
        :: else ->
#ifndef UNIQUE_BRANCH
            assert(pull[g] != CLOSED); /* G3 */
#endif
            pull[g] = OPEN;
            opened++;
            assert(opened <= 1)        /* I2 */
        fi;
        MAY_FAIL
       }
    fi;

finish:
    if
    :: MAY_CRASH
    :: atomic { true ->
        if
#ifdef NO_FENCE
        :: record[R] == CLAIMED ->
#else
        :: HELD_BY_ME ->
#endif
            assert(owner[R] == me + 1); /* I6 */
            record[R] = DONE; owner[R] = 0; plan[R] = 0
        :: else -> goto give_back
        fi;
        MAY_FAIL
       }
    fi;
#ifdef COMMIT_FIRST
    atomic { acked[g] = 1 }
#endif

emit:
    if
    :: MAY_CRASH
    :: atomic { true ->
        /* I1: what is told is so */
        assert(pull[g] != NONE || adopts[g]);
        ended[g] = 1;
        MAY_FAIL
       }
    fi;

ack:
    if
    :: MAY_CRASH
    :: atomic { true ->
        assert(ended[g]); /* I4 */
        acked[g] = 1; holds[me] = 0; goto idle
       }
    fi;

give_back:
    if
    :: MAY_CRASH
    :: atomic { true ->
        if
        :: record[R] == CLAIMED && owner[R] == me + 1 -> record[R] = FREE; owner[R] = 0; expired[R] = 0
        :: else
        fi;
        holds[me] = 0; asks_for[me] = 0; goto idle
       }
    fi
}

/* Nobody is left who works under this claim. */
#define ABANDONED(g) (owner[g] == 0 || holds[owner[g] - 1] != g + 1)

#ifdef NO_EXPIRY
#define MAY_EXPIRE(g) false
#else
#define MAY_EXPIRE(g)                                                                              \
    (record[g] == CLAIMED && !expired[g] && (ABANDONED(g) || expiries < EXPIRIES))
#endif

#define EXPIRE(g)                                                                                  \
    atomic { MAY_EXPIRE(g) ->                                                                      \
        if                                                                                         \
        :: ABANDONED(g)                                                                            \
        :: else -> expiries++                                                                      \
        fi;                                                                                        \
        expired[g] = 1 }

#ifdef HASTY
#define NOBODY_ASKS(g) true
#elif WORKERS == 2
#define NOBODY_ASKS(g) (asks_for[0] != g + 1 && asks_for[1] != g + 1)
#else
#define NOBODY_ASKS(g) (asks_for[0] != g + 1 && asks_for[1] != g + 1 && asks_for[2] != g + 1)
#endif

/* A person closes it; later the same trouble is found again. */
#define ANSWER(g)                                                                                  \
    atomic { pull[g] == OPEN && NOBODY_ASKS(g) -> pull[g] = CLOSED; opened-- }
#define FIND_AGAIN(g) atomic { pull[g - 1] == CLOSED && !sent[g] && ended[g - 1] -> sent[g] = 1 }
#define REPEAT(g)     atomic { acked[g] && repeats < REPEATS -> repeats++; acked[g] = 0 }

proctype nature()
{
    byte i;

end_nature:
    do
    :: EXPIRE(0)
    :: ANSWER(0)
    :: REPEAT(0)
#if GENERATIONS > 1
    :: EXPIRE(1)
    :: ANSWER(1)
    :: REPEAT(1)
    :: FIND_AGAIN(1)
#endif
#if GENERATIONS > 2
    :: EXPIRE(2)
    :: ANSWER(2)
    :: REPEAT(2)
    :: FIND_AGAIN(2)
#endif
    :: atomic { flushes < FLUSHES ->
        flushes++;
        i = 0;
        do
        :: i < GENERATIONS -> record[i] = ABSENT; owner[i] = 0; expired[i] = 0; plan[i] = 0; i++
        :: else -> break
        od;
        i = 0
       }
    od
}

#define AT_REST(g) (!sent[g] || (acked[g] && ended[g]))

/* When nothing can happen any more, everything has ended. */
proctype at_rest()
{
    timeout;
    assert(AT_REST(0));
#if GENERATIONS > 1
    assert(AT_REST(1));
#endif
#if GENERATIONS > 2
    assert(AT_REST(2))
#endif
}

init
{
    byte i;

    atomic {
        sent[0] = 1;
        do
        :: i < WORKERS -> run worker(i); i++
        :: else -> break
        od;
        i = 0;
        run nature();
        run at_rest()
    }
}
