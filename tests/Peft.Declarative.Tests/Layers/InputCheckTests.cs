using Peft.Declarative.Models;
using Peft.Declarative.Tests.Adapters;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

/// <summary>Inputs that a model cannot read are refused in words, at every entry.</summary>
public sealed class InputCheckTests
{
    public static TheoryData<string> Families { get; } = ["llama", "gpt2", "bert", "roberta", "t5"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Ids_BeyondTheVocabulary_NameTheIdAndTheRange(string family)
    {
        using PretrainedModel model = TinyFamilies.Make(family);

        PeftException error = Refused(() => TinyFamilies.Outputs(model, tensor(new long[,] { { 3, 48 } })));

        Assert.Contains("48", error.Message, StringComparison.Ordinal);
        Assert.Contains("from 0 to 47", error.Message, StringComparison.Ordinal);
        Refused(() => TinyFamilies.Outputs(model, tensor(new long[,] { { 3, -1 } })));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Ids_OfAnotherShapeOrType_AreRefused(string family)
    {
        using PretrainedModel model = TinyFamilies.Make(family);

        Refused(() => TinyFamilies.Outputs(model, zeros(0, 5, dtype: ScalarType.Int64)));
        Refused(() => TinyFamilies.Outputs(model, zeros(1, 0, dtype: ScalarType.Int64)));
        Refused(() => TinyFamilies.Outputs(model, zeros(1, 3, dtype: ScalarType.Float32)));
    }

    [Theory]
    [InlineData("gpt2", 65)]
    [InlineData("bert", 65)]
    [InlineData("roberta", 63)]
    public void Text_BeyondTheTableOfPositions_NamesBothNumbers(string family, int length)
    {
        using PretrainedModel model = TinyFamilies.Make(family);
        TinyFamilies.Outputs(model, full([1, length - 1], 5, dtype: ScalarType.Int64)).Dispose();

        PeftException error = Refused(() => TinyFamilies.Outputs(model, full([1, length], 5, dtype: ScalarType.Int64)));

        Assert.Contains($"{length} positions", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_ThatFitsButForVirtualTokens_SaysThatTheyCount()
    {
        using PretrainedModel model = TinyFamilies.Make("gpt2");
        model.Adapters.Attach(new Adapter("soft", new PromptTuningConfig { Tokens = 4 }));

        PeftException error = Refused(() => ((Gpt2ForCausalLM)model).forward(full([1, 62], 5, dtype: ScalarType.Int64)));

        Assert.Contains("4 of them for virtual tokens", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Loss_WithWrongLabels_NamesThem()
    {
        using LlamaForCausalLM model = Personas.On(TinyModels.Llama(), "a");
        using BertForSequenceClassification classifier = TinyModels.Bert();
        Tensor ids = TinyModels.Ids();

        Assert.Contains("99", Refused(() => model.SumLoss(new MicroBatch(ids, full_like(ids, 99)))).Message, StringComparison.Ordinal);
        Refused(() => model.SumLoss(new MicroBatch(ids, ids.narrow(1, 0, 3))));
        Refused(() => model.SumLoss(new MicroBatch(ids, ids) { AttentionMask = ones(2, 3, dtype: ScalarType.Int64) }));
        Refused(() => classifier.SumLoss(new MicroBatch(ids, ids)));
        Assert.Contains("from 0 to 2", Refused(() => classifier.SumLoss(new MicroBatch(ids, ids) { ClassLabels = tensor(new long[] { 0, 3 }) })).Message, StringComparison.Ordinal);
        model.SumLoss(new MicroBatch(ids, full_like(ids, -100))).Dispose();
    }

    private static PeftException Refused(Action call)
    {
        PeftException error = Assert.Throws<PeftException>(call);
        Assert.Equal("PEFT514", error.Id);
        return error;
    }
}
