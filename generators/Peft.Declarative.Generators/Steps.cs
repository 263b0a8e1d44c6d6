namespace Peft.Declarative.Generators;

/// <summary>Names of the pipeline's steps, shared with the tests that watch their caching.</summary>
internal static class Steps
{
    internal const string Plan = "Plan";
}
