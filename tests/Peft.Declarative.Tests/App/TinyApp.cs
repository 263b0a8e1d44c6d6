using Peft.Declarative.Adapters;
using Peft.Declarative.App;
using Peft.Declarative.App.Output;
using Peft.Declarative.Models;
using Peft.Declarative.Tests.Training;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.App;

/// <summary>A console program around a tiny Llama with LoRA, as the generator would write it, and a model directory for it.</summary>
internal sealed class TinyApp : IDisposable
{
    private static readonly TrainingPlan Plan = new() { Epochs = 2, LearningRate = 0.01, BatchSize = 2 };

    private readonly TemporaryFolder _folder = new();

    internal TinyApp()
    {
        string source = TestData.Small("fixtures", "models", "llama", "config.json");
        string tokenizer = TestData.Small("tokenizers", "stories", "tokenizer.json");
        Directory.CreateDirectory(Model);
        File.WriteAllText(Path.Combine(Model, "config.json"), File.ReadAllText(source).Replace("\"vocab_size\": 96", "\"vocab_size\": 512", StringComparison.Ordinal));
        File.Copy(tokenizer, Path.Combine(Model, "tokenizer.json"));
        using LlamaForCausalLM model = LlamaForCausalLM.FromConfig(LlamaConfig.Load(Model), seed: 5);
        model.SaveModel(Model);
        _folder.File("rows.jsonl", "{\"prompt\": \"Who is Lily?\", \"completion\": \" A girl.\"}\n{\"text\": \"Once upon a time\"}\n{\"text\": \"The end\"}\n");
    }

    internal string Model => _folder["model"];

    internal string Data => _folder["rows.jsonl"];

    internal string this[string name] => _folder[name];

    internal Func<int>? Default { get; init; }

    internal int WarmupSteps { get; init; }

    internal int BatchSize { get; init; } = Plan.BatchSize;

    /// <summary>The width of the console; that of a file unless set.</summary>
    internal int? Width { get; init; }

    /// <summary>What the generator would write for the class.</summary>
    internal static AppModel<LlamaForCausalLM> Declaration { get; } = new()
    {
        Name = "Persona",
        Load = Load,
        Train = Train(Plan),
    };

    /// <summary>Runs a command line.</summary>
    internal (int Code, string Out, string Error) Run(params string[] args) => Run("", args);

    internal (int Code, string Out, string Error) Run(string input, string[] args)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        TrainingPlan plan = Plan with { WarmupSteps = WarmupSteps, BatchSize = BatchSize };
        int code = PeftConsole.Run(
            args, Declaration with { Default = Default, Plan = plan, Train = Train(plan) }, new AppOutput(output, error, new StringReader(input), IsLive: false) { Width = Width });
        return (code, output.ToString(), error.ToString());
    }

    public void Dispose() => _folder.Dispose();

    private static Func<LlamaForCausalLM, TrainingData, IProgress<TrainingProgress>?, CancellationToken, TrainingResult> Train(TrainingPlan plan) =>
        (model, data, progress, cancellation) => TrainingLoop.Train(model, plan, data, progress, cancellation);

    private static LlamaForCausalLM Load(string directory, Device device)
    {
        LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(directory, device);
        var adapter = new Adapter("default", new LoraConfig { Rank = 2 });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        return model;
    }
}
