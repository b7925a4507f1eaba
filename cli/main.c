/* plumb: one program, one subcommand per role. */
int main(void)
{
    return 2;
}
