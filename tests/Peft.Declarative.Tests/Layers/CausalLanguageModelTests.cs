using Peft.Declarative.BaseModels;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Fixtures;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Layers;

public sealed class CausalLanguageModelTests
{
    public static TheoryData<string> Families { get; } = ["llama", "windowed", "gpt2"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Logits_TokenByTokenWithCache_EqualThoseOfTheWholeText(string family)
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = Model(family);
        Tensor ids = TinyModels.Ids();
        Tensor whole = model.forward(ids);
        using var cache = new KeyValueCache(model.Config.LayerCount);

        for (long place = 0; place < ids.size(1); place++)
        {
            Tensor next = model.Logits(new ModelInput(ids.narrow(1, place, 1)) { Cache = cache });
            Close.To(whole.narrow(1, place, 1), next, 1e-5, $"logits at {place}");
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Logits_OfLeftPaddedRow_EqualThoseOfTheRowAlone(string family)
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = Model(family);
        Tensor ids = TinyModels.Ids();
        Tensor padded = cat([zeros(2, 3, dtype: ScalarType.Int64), ids], 1);
        Tensor mask = cat([zeros(2, 3, dtype: ScalarType.Int64), ones_like(ids)], 1);
        Tensor positions = (mask.cumsum(1) - 1).clamp_min(0);

        Tensor logits = model.Logits(new ModelInput(padded) { AttentionMask = mask, PositionIds = positions });

        Assert.True(logits.isfinite().all().item<bool>());
        Close.To(model.forward(ids), logits.narrow(1, 3, ids.size(1)), 1e-5, "logits");
    }

    [Fact]
    public void Logits_WithSlidingWindow_DoNotDependOnKeysOutsideIt()
    {
        using DisposeScope scope = NewDisposeScope();
        using CausalLanguageModel model = LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { SlidingWindow = 3, LayerCount = 1 }, seed: 1);
        Tensor ids = TinyModels.Ids();
        Tensor changed = ids.clone();
        changed[TensorIndex.Colon, 0] = 1;

        Tensor before = model.forward(ids);
        Tensor after = model.forward(changed);

        Close.Bits(before.narrow(1, 3, 4), after.narrow(1, 3, 4), "logits behind the window");
        Assert.False(before.narrow(1, 2, 1).allclose(after.narrow(1, 2, 1)));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void NamedParameters_OfModel_AreTheCheckpointNames(string family)
    {
        using CausalLanguageModel model = Model(family);

        string first = model.named_parameters().Select(entry => entry.name).Order(StringComparer.Ordinal).First();

        Assert.Equal(family == "gpt2" ? "transformer.h.0.attn.c_attn.bias" : "lm_head.weight", first);
    }

    private static CausalLanguageModel Model(string family)
    {
        CausalLanguageModel model = family switch
        {
            "gpt2" => TinyModels.Gpt2(),
            "windowed" => LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { SlidingWindow = 3 }, seed: 1),
            _ => TinyModels.Llama(),
        };
        model.eval();
        return model;
    }
}
