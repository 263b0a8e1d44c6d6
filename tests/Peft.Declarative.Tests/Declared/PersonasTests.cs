using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Tests.Methods;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Declared;

/// <summary>Several adapters that a declaration names, in one batch.</summary>
public sealed class PersonasTests
{
    private const string Two = """Lora(rank: 8, Name = "captain")] [Lora(rank: 8, Name = "pip")""";

    [Fact]
    public void Adapters_DeclaredByName_AreRowsOfOneBatch()
    {
        string folder = TestData.Small("fixtures", "models", "llama");
        using DisposeScope scope = NewDisposeScope();
        using var model = (CausalLanguageModel)DeclaredModel.FromPretrained(DeclarationSource.Around(Two, ModelCatalog.TypeOf(folder)), folder);
        model.eval();
        foreach (Adapter adapter in model.Adapters)
        {
            Invariants.Perturb(adapter);
        }

        Tensor ids = TinyModels.Ids();
        Tensor together = model.Logits(new ModelInput(ids) { Adapters = ["pip", "captain"] });

        model.Adapters["pip"].Activate();
        Close.To(model.Logits(new ModelInput(ids))[0], together[0], 1e-5, "pip");
        model.Adapters["captain"].Activate();
        Close.To(model.Logits(new ModelInput(ids))[1], together[1], 1e-5, "captain");
        Assert.NotNull(model.GetType().GetProperty("Captain") ?? model.GetType().GetProperty("captain"));
    }
}
