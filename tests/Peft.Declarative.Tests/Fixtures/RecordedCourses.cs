using Peft.Declarative.Tests.Methods.AdaLora;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Cases that record the course of a method in training instead of one adapter, and how each is compared.</summary>
internal static class RecordedCourses
{
    private static readonly Dictionary<string, Action<FixtureCase, PretrainedModel, Adapter>> Checks = new(StringComparer.Ordinal)
    {
        ["ADALORA schedule"] = AdaLoraCourse.Check,
    };

    internal static bool Has(FixtureCase fixture) => Checks.ContainsKey(MethodOf(fixture));

    /// <summary>Runs the course on an untrained adapter of the case's config.</summary>
    internal static void Check(FixtureCase fixture, PretrainedModel model, Adapter adapter) => Checks[MethodOf(fixture)](fixture, model, adapter);

    private static string MethodOf(FixtureCase fixture) => fixture.Json["method"]?.GetValue<string>() ?? "";
}
