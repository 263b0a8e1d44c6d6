namespace Peft.Declarative.Generators;

/// <summary>Names of the pipeline's steps, shared with the tests that watch their caching.</summary>
internal static class Steps
{
    /// <summary>Classes with attributes of the library, as declarations.</summary>
    internal const string Declaration = "Declaration";

    /// <summary>Config files among the additional files.</summary>
    internal const string Config = "Config";

    /// <summary>Declarations held against their models.</summary>
    internal const string Plan = "Plan";
}
