using Peft.Declarative.Adapters;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Methods.Lora;

public sealed class LoraAttachTests
{
    [Fact]
    public void Attach_WithMisspeltTarget_SaysWhatWasMeantAndChangesNothing()
    {
        using LlamaForCausalLM model = TinyModels.Llama();

        PeftException error = Assert.Throws<PeftException>(() => Attach(model, new LoraConfig { Rank = 4, Targets = ["q_porj", "v_proj"] }));

        Assert.Equal("PEFT101", error.Id);
        Assert.Contains("Did you mean 'q_proj'?", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(model.modules(), module => module is AdapterLayer);
    }

    [Fact]
    public void Attach_OnDefaultTargets_AdaptsQueryAndValue()
    {
        using LlamaForCausalLM model = TinyModels.Llama();

        Adapter adapter = Attach(model, new LoraConfig { Rank = 4 });

        Assert.Equal(8, adapter.Tensors.Count);
        Assert.Contains("base_model.model.model.layers.1.self_attn.v_proj.lora_B.weight", adapter.Tensors.Select(tensor => tensor.Key));
        Assert.Equal(2 * (4 * (32 + 32) + 4 * (32 + 16)), adapter.ParameterCount);
    }

    [Fact]
    public void Attach_OnAnyLayer_KeepsTheBasesCheckpointNames()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        string[] before = [.. model.state_dict().Keys.Order(StringComparer.Ordinal)];

        Attach(model, new LoraConfig { Rank = 4 });

        string[] after = [.. model.state_dict().Keys.Where(key => !key.Contains("lora_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.Equal(before, after);
    }

    [Fact]
    public void Attach_InsideADisposeScope_SurvivesIt()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        using (NewDisposeScope())
        {
            Attach(model, new LoraConfig { Rank = 4, ModulesToSave = ["norm"], TrainableTokens = new Dictionary<string, IReadOnlyList<int>> { [""] = [1] } });
        }

        using Tensor logits = model.forward(TinyModels.Ids());
        Assert.True(logits.isfinite().all().item<bool>());
    }

    [Fact]
    public void Attach_OverUsersOwnModel_TakesTorchSharpLayersOver()
    {
        using var model = new OwnModel();
        using Tensor x = ones(1, 2, 4);
        using Tensor before = model.call(x);
        var adapters = new AdapterSet(model);
        var adapter = new Adapter("default", new LoraConfig { Rank = 2, Targets = ["first"] });

        AdapterWiring.Attach(model, adapter);
        adapters.Adopt(adapter);

        using Tensor after = model.call(x);
        Assert.True(before.equal(after).all().item<bool>());
        Assert.Equal(["first.bias", "first.weight", "second.bias", "second.weight"],
            model.state_dict().Keys.Where(key => !key.Contains("lora_", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Attach_TokensOutsideTheVocabulary_ListsThem()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        var tokens = new Dictionary<string, IReadOnlyList<int>> { [""] = [1, 99, 1] };

        PeftException error = Assert.Throws<PeftException>(() => Attach(model, new LoraConfig { Rank = 4, TrainableTokens = tokens }));

        Assert.Equal("PEFT202", error.Id);
        Assert.Contains("99; 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Adopt_TwoAdaptersOfOneName_IsRefused()
    {
        using LlamaForCausalLM model = TinyModels.Llama();
        Attach(model, new LoraConfig { Rank = 4 });

        Assert.Equal("PEFT304", Assert.Throws<PeftException>(() => Attach(model, new LoraConfig { Rank = 4 })).Id);
    }

    private static Adapter Attach(CausalLanguageModel model, LoraConfig config)
    {
        var adapter = new Adapter("default", config);
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        return adapter;
    }

    private sealed class OwnModel : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> first = nn.Linear(4, 6);
        private readonly nn.Module<Tensor, Tensor> second = nn.Linear(6, 3);

        public OwnModel()
            : base(nameof(OwnModel)) => RegisterComponents();

        public override Tensor forward(Tensor input) => second.call(first.call(input));
    }
}
