using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Methods;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Adapters of the reference library, loaded from its files: everything it computed with them must come out here.</summary>
public sealed class ParityTests
{
    /// <summary>Names of all cases of the set.</summary>
    internal static IReadOnlyList<string> All { get; } = FixtureCase.Root is { } root
        ? [.. Directory.GetDirectories(Path.Combine(root, "cases")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)]
        : [];

    public static TheoryData<string> Cases { get; } = [.. All.Where(name => CaseKinds.Of(name) == CaseKind.Adapter)];

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Case_LoadedFromItsFiles_MatchesReference(string name)
    {
        using FixtureCase fixture = FixtureCase.Open(name);
        Unimplemented.Skip(fixture);

        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = ModelCatalog.Load(fixture.ModelFolder);
        if (RecordedCourses.Has(fixture))
        {
            RecordedCourses.Check(fixture, model, AttachUntrained(fixture, model));
            return;
        }

        if (QuantizedBase.Settings(fixture) is { } settings)
        {
            model.Quantize(settings);
        }

        Adapter adapter = Unimplemented.SkipUnlessKnown(() => AdapterParity.Load(fixture, model));

        QuantizedBase.Check(fixture, model);
        AdapterParity.Check(fixture, model, adapter);
    }

    private static Adapter AttachUntrained(FixtureCase fixture, PretrainedModel model)
    {
        using AdapterFiles files = AdapterDirectory.Read(fixture.AdapterFolder);
        files.Config.Remove("rank_pattern");   // comes out of the course
        var file = new ConfigJson(files.Config, fixture.Name);
        var adapter = new Adapter("default", MethodCatalog.Of(file).Read(file));
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        return adapter;
    }
}
