namespace Peft.Declarative.App;

/// <summary>What the program tells its caller.</summary>
internal static class ExitCode
{
    internal const int Success = 0;
    internal const int Failed = 1;
    internal const int BadArguments = 2;
}
