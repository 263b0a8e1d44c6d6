using System.Reflection;
using Peft.Declarative.Adapters;
using Peft.Declarative.Models;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Peft.Declarative.Tests.Declared;

/// <summary>What cannot sit on a kind of layer says so alike, however the adapter is named.</summary>
public sealed class LayerKindTests
{
    public static TheoryData<string, AdapterConfig> Cases => new()
    {
        { "AdaLora(Targets = [\"embed_tokens\"])", new AdaLoraConfig { Targets = ["embed_tokens"] } },
        { "Dora(rank: 2, Targets = [\"norm\"])", new DoraConfig { Rank = 2, Targets = ["norm"] } },
        { "Ia3(Targets = [\"embed_tokens\"])", new Ia3Config { Targets = ["embed_tokens"] } },
        { "LayerNormTuning(Targets = [\"q_proj\"])", new LayerNormTuningConfig { Targets = ["q_proj"] } },
        { "LoHa(rank: 2, Targets = [\"embed_tokens\"])", new LoHaConfig { Rank = 2, Targets = ["embed_tokens"] } },
        { "LoKr(rank: 2, Targets = [\"embed_tokens\"])", new LoKrConfig { Rank = 2, Targets = ["embed_tokens"] } },
        { "Lora(rank: 2, Targets = [\"norm\"])", new LoraConfig { Rank = 2, Targets = ["norm"] } },
        { "Poly(rank: 2, Targets = [\"embed_tokens\"])", new PolyConfig { Rank = 2, Targets = ["embed_tokens"] } },
        { "Vera(rank: 2, Targets = [\"embed_tokens\"])", new VeraConfig { Rank = 2, Targets = ["embed_tokens"] } },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void WrongKind_DeclaredOrAttached_HasTheSameWords(string attribute, AdapterConfig config)
    {
        string source = $"using Peft.Declarative; using Peft.Declarative.Models; namespace Declared; [{attribute}] public sealed partial class Persona : LlamaForCausalLM;";
        string folder = TestData.Small("fixtures", "models", "llama");
        using PretrainedModel model = ModelCatalog.Load(folder);

        PeftException attached = Assert.Throws<PeftException>(() => AdapterWiring.Attach(model, new Adapter("default", config)));
        var declared = (PeftException)Assert.Throws<TargetInvocationException>(() => DeclaredModel.FromPretrained(source, folder)).InnerException!;

        Assert.Equal("PEFT108", attached.Id);
        Assert.Equal(attached.Id, declared.Id);
        Assert.Equal(attached.Message, declared.Message.Replace("'Persona'", $"'{model.GetType().Name}'", StringComparison.Ordinal));
    }

    [Fact]
    public void WrongKind_ThatOnlyTheRunningProgramKnows_IsRefusedBeforeAnythingIsMade()
    {
        using Module<Tensor, Tensor> table = Embedding(8, 4);

        PeftException error = Assert.Throws<PeftException>(() => new Peft.Declarative.Methods.Ia3.Ia3Linear(table, "default"));

        Assert.Equal("PEFT108", error.Id);
        Assert.Contains("Ia3Linear of the adapter 'default' cannot adapt a layer which is an embedding.", error.Message, StringComparison.Ordinal);
    }
}
