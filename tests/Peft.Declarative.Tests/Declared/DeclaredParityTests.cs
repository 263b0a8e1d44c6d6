using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Methods;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Declared;

/// <summary>The reference library's cases on the declared path: an attribute that says what the file says, compiled, wired, and compared in full.</summary>
public sealed class DeclaredParityTests
{
    public static TheoryData<string> Cases => ParityTests.Cases;

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Case_Declared_MatchesReference(string name)
    {
        using FixtureCase fixture = FixtureCase.Open(name);
        Unimplemented.Skip(fixture);
        using AdapterFiles files = AdapterDirectory.Read(fixture.AdapterFolder);
        var file = new ConfigJson(files.Config, name);
        Type method = Unimplemented.SkipUnlessKnown(() => MethodCatalog.Read(file, files.Tensors.Keys)).GetType();
        Skip.IfNot(DeclarationSource.Knows(method, fixture.IsAdapterHub), $"'{method.Name}' has no attribute yet.");

        using DisposeScope scope = NewDisposeScope();
        string modelType = ModelCatalog.TypeOf(fixture.ModelFolder);
        string source = DeclarationSource.Of(method, files.Config, files.Tensors.Keys, modelType, fixture.IsAdapterHub, QuantizedBase.Settings(fixture));
        using PretrainedModel model = DeclaredModel.FromPretrained(source, fixture.ModelFolder);
        QuantizedBase.Check(fixture, model);
        if (RecordedCourses.Has(fixture))
        {
            RecordedCourses.Check(fixture, model, model.Adapters.Single());
            return;
        }

        Adapter adapter = AdapterParity.Load(fixture, model);

        AdapterParity.Check(fixture, model, adapter);
    }
}
