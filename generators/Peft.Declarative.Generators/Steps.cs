namespace Peft.Declarative.Generators;

/// <summary>The names of the pipeline's steps, shared with the tests of caching.</summary>
internal static class Steps
{
    /// <summary>The step that creates declarations from the classes with an attribute of one method.</summary>
    internal const string Declaration = "Declaration";

    /// <summary>The step that reads config files among the additional files.</summary>
    internal const string Config = "Config";

    /// <summary>The step that plans declarations on their models.</summary>
    internal const string Plan = "Plan";
}
