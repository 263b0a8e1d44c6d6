namespace Peft.Declarative.Generators;

/// <summary>Names of the pipeline's steps, shared with the tests that watch their caching.</summary>
internal static class Steps
{
    /// <summary>Classes with an attribute of one method, as declarations.</summary>
    internal const string Declaration = "Declaration";

    /// <summary>Config files among the additional files.</summary>
    internal const string Config = "Config";

    /// <summary>Declarations held against their models.</summary>
    internal const string Plan = "Plan";

    /// <summary>The step of one method.</summary>
    internal static string DeclarationOf(string method) => Declaration + method;
}
