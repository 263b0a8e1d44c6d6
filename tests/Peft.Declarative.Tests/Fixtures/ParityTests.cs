using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Adapters of the reference library, loaded from its files: everything it computed with them must come out here.</summary>
public sealed class ParityTests
{
    public static TheoryData<string> Cases { get; } = FixtureCase.Root is { } root
        ? [.. Directory.GetDirectories(Path.Combine(root, "cases")).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)]
        : [];

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Case_LoadedFromItsFiles_MatchesReference(string name)
    {
        using FixtureCase fixture = FixtureCase.Open(name);
        Unimplemented.Skip(fixture);

        using DisposeScope scope = NewDisposeScope();
        using PretrainedModel model = ModelCatalog.Load(fixture.ModelFolder);
        if (QuantizedBase.Settings(fixture) is { } settings)
        {
            model.Quantize(settings);
        }

        Adapter adapter = Unimplemented.SkipUnlessKnown(() => model.LoadAdapter(fixture.AdapterFolder));

        QuantizedBase.Check(fixture, model);
        AdapterParity.Check(fixture, model, adapter);
    }
}
