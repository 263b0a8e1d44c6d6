using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.App;

/// <summary>An adapter that somebody else has trained is used as its files say, whatever the class declares.</summary>
public class ForeignAdapterTests
{
    public static TheoryData<string> Kinds => ["rank", "alpha", "targets", "method", "virtual tokens", "same"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Eval_WithAnAdapterThatDiffers_HasItsLossAndSaysTheDifference(string kind)
    {
        using var app = new TinyApp();
        (AdapterConfig config, string? said) = Config(kind);
        double expected = Save(app, config);

        (int code, string text, string error) = app.Run("eval", "--model", app.Model, "--data", app.Data, "--adapter", app["other"], "--json", "--device", "cpu");

        Assert.Equal(0, code);
        Assert.Equal(expected, JsonNode.Parse(text)!["loss"]!.GetValue<double>(), 1e-5);
        if (said is null)
        {
            Assert.Equal("", error);
        }
        else
        {
            Assert.StartsWith("PEFT721: The adapter in '", error, StringComparison.Ordinal);
            Assert.Contains(said, error, StringComparison.Ordinal);
            Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
    }

    [Fact]
    public void Merge_OfAnAdapterThatDiffers_MergesIt()
    {
        using var app = new TinyApp();
        double expected = Save(app, Config("rank").Config);

        app.Run("merge", "--model", app.Model, "--adapter", app["other"], "--output", app["merged"]);

        Assert.Equal(expected, JsonNode.Parse(app.Run("eval", "--model", app["merged"], "--data", app.Data, "--json").Out)!["loss"]!.GetValue<double>(), 1e-4);
    }

    [Fact]
    public void Eval_WithAnAdapterOfAnotherModel_SaysWhatDoesNotFit()
    {
        using var app = new TinyApp();
        using (LlamaForCausalLM other = LlamaForCausalLM.FromConfig(TinyModels.LlamaConfig with { HiddenSize = 64 }))
        {
            Attach(other, Config("rank").Config);
            other.SaveAdapter(app["other"]);
        }

        (int code, _, string error) = app.Run("eval", "--model", app.Model, "--data", app.Data, "--adapter", app["other"]);

        Assert.Equal(1, code);
        Assert.StartsWith("PEFT702: ", error, StringComparison.Ordinal);
    }

    // The declared one has rank 2 and the targets of the family.
    private static (AdapterConfig Config, string? Said) Config(string kind) => kind switch
    {
        "rank" => (new LoraConfig { Rank = 3 }, "r is 3, not 2"),
        "alpha" => (new LoraConfig { Rank = 2, Alpha = 32 }, "lora_alpha is 32, not "),
        "targets" => (new LoraConfig { Rank = 2, Targets = ["k_proj", "o_proj"] }, "target_modules is k_proj, o_proj, not "),
        "method" => (new Ia3Config { Targets = ["k_proj"], FeedForward = [] }, "its method is IA3, not LORA"),
        "virtual tokens" => (new PromptTuningConfig { Tokens = 3 }, "its method is PROMPT_TUNING, not LORA"),
        _ => (new LoraConfig { Rank = 2 }, null),
    };

    private static double Save(TinyApp app, AdapterConfig config)
    {
        using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(app.Model);
        Adapter adapter = Attach(model, config);
        using (no_grad())
        using (NewDisposeScope())
        {
            foreach (AdapterTensor tensor in adapter.Tensors)
            {
                tensor.Value.normal_(0, 0.1);
            }
        }

        model.SaveAdapter(app["other"]);
        Tokenizer tokenizer = Tokenizer.Load(app.Model);
        TrainingData data = TrainingData.FromFile(app.Data, tokenizer, 60, tokenizer.EosId ?? model.Config.EosTokenIds[0]);
        return Peft.Declarative.Training.Evaluation.MeanLoss(model, data.Rows, 2, 64)!.Value;
    }

    private static Adapter Attach(LlamaForCausalLM model, AdapterConfig config)
    {
        var adapter = new Adapter("default", config);
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        return adapter;
    }
}
