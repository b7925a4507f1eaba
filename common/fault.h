/*
 * Fault points: named places where a test may make this process die or freeze.
 *
 *     PLUMB_FAULT="push.ok:kill@1,plan.saved:exit@2"    FAULT_POINT("push.ok");
 *
 * Actions: kill (SIGKILL), stop (SIGSTOP), term (SIGTERM to itself), exit (_exit 70); @n: at the
 * n-th passing, 1 when absent. Compiled only into builds with PLUMB_FAULT_POINTS: a release binary
 * holds neither the names nor the code.
 */
#ifndef COMMON_FAULT_H
#define COMMON_FAULT_H

#ifdef PLUMB_FAULT_POINTS
void fault_point(const char *name);
#define FAULT_POINT(name) fault_point(name)
#else
#define FAULT_POINT(name) ((void)0)
#endif

#endif
