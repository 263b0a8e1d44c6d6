using Microsoft.CodeAnalysis;
using Peft.Declarative.Generators.Rules;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Rules;

/// <summary>Each rule once: where it squiggles, and what it says.</summary>
public class RuleTests
{
    private const string OwnModel =
        """
        public partial class Tiny : Module<Tensor, Tensor>
        {
            MEMBERS
            public Tiny() : base("Tiny") => RegisterComponents();
            public override Tensor forward(Tensor x)
            {
                foreach ((string _, Module child) in named_children()) x = ((Module<Tensor, Tensor>)child).call(x);
                return x;
            }
        }
        """;

    public static TheoryData<string, string, string, string> Cases => new()
    {
        { "PEFT001", "[Lora(rank: 8)] public class TinyGpt : LlamaForCausalLM { TinyGpt(LlamaConfig c) : base(c) { } }", "TinyGpt", "'TinyGpt' carries [Lora] but is not partial, so adapter code cannot be added to it. Add 'partial' to the class." },
        { "PEFT001", "class Outer { [Lora(rank: 8)] partial class Inner : LlamaForCausalLM { Inner(LlamaConfig c) : base(c) { } } }", "Inner", "is nested in 'Outer', which is not partial" },
        { "PEFT002", "[Lora(rank: 8)] public partial class Settings;", "Lora(rank: 8)", "'Settings' does not derive from TorchSharp's Module" },
        { "PEFT003", Family("[Lora(rank: 8)] [BaseConfig(\"models/lama/config.json\")]"), "\"models/lama/config.json\"", "not among the project's additional files" },
        { "PEFT004", Own("[Lora(rank: 8, Targets = [\"q\"])] private Module<Tensor, Tensor> q = Linear(64, 64);"), "[\"q\"]", "adapts just that layer" },
        { "PEFT005", Family("[PeftApp] [Lora(rank: 8)]"), "PeftApp", "needs the package 'Peft.Declarative.App'" },
        { "PEFT006", "[Lora(rank: 8)] public sealed partial class Persona : LlamaForCausalLM { public required string Title { get; init; } }", "Persona", "have no value for Title, which is required" },
        { "PEFT006", "[Lora(rank: 8)] public abstract partial class Persona : LlamaForCausalLM;", "Persona", "is abstract, so no object of it can be made" },
        { "PEFT007", Family("[Training(Epochs = 5)]"), "Training(Epochs = 5)", "[Training] on 'Persona' has no effect, because 'Persona' declares no adapter." },
        { "PEFT008", Part("[Lora(rank: 8)]"), "Lora(rank: 8)", "'Part' is a part of 'Net', which does not know of its adapters" },
        { "PEFT101", Family("[Lora(rank: 8, Targets = [\"v_proj\", \"q_porj\"])]"), "\"q_porj\"", "'Persona' has no layer named 'q_porj' for [Lora]. Did you mean 'q_proj'?" },
        { "PEFT101", Family("[Lora(rank: 8, Targets = new[] { \"q_proj\" }, Exclude = new string[] { \"vProj\" })]"), "\"vProj\"", "Did you mean 'v_proj'?" },
        { "PEFT101", Family("[Lora(rank: 8)] [Quantize(QuantizationType.Nf4, Exclude = [\"k_porj\"])]"), "\"k_porj\"", "'Persona' has no layer named 'k_porj' for [Quantize]. Did you mean 'k_proj'?" },
        { "PEFT102", Own("[Lora(rank: 8)] private TorchSharp.Modules.Linear q = Linear(64, 64);"), "TorchSharp.Modules.Linear", "Field 'q' has the sealed type 'Linear' and cannot hold the layer that [Lora] puts there. Declare it as 'Module<Tensor, Tensor>'." },
        { "PEFT102", Own("[Lora(rank: 8)] private readonly Module<Tensor, Tensor> q = Linear(64, 64);"), "Module<Tensor, Tensor>", "is readonly" },
        { "PEFT103", Family("[Lora(rank: 8, Targets = [\"lm_head\"], Exclude = [\"lm_head\"])]"), "[\"lm_head\"]", "[Lora] on 'Persona' adapts no layer: the match (lm_head) is in Exclude. Training would change no weight. Remove them from Exclude or remove [Lora]." },
        { "PEFT103", "[Lora(rank: 8)] " + Own("private Module<Tensor, Tensor> q = Linear(64, 64);"), "Lora(rank: 8)", "names no layer to adapt" },
        { "PEFT105", "[Lora(rank: 8, Targets = [\"q\"])] " + Own("private ModuleList<Block> blocks = new(); public sealed class Block : Module<Tensor, Tensor> { private Module<Tensor, Tensor> q = Linear(64, 64); public Block() : base(\"b\") { } public override Tensor forward(Tensor x) => q.call(x); }"), "Lora(rank: 8, Targets = [\"q\"])", "'blocks.*.q', which generated code cannot reach" },
        { "PEFT106", Family("[Lora(rank: 8, Layers = [0, 99])] [BaseConfig(\"llama-3.2-1b/config.json\")]"), "99", "names layer 99, but the matching layers are numbered 0 to 15" },
        { "PEFT107", Family("[Lora(rank: 8, RankPattern = [\"k_proj=4\"])]"), "\"k_proj=4\"", "fits no adapted layer" },
        { "PEFT108", Family("[Lora(rank: 8, Targets = [\"q_proj\", \"norm\"])]"), "\"norm\"", "which is a normalization" },
        { "PEFT109", Family("[Lora(rank: 8, TargetPattern = \"(q_proj\")]"), "\"(q_proj\"", "cannot be used" },
        { "PEFT110", Family("[Lora(rank: 8, Targets = [\"q_proj\"], LayersPattern = [\"layers\"])]"), "[\"layers\"]", "without Layers" },
        { "PEFT111", Family("[Lora(rank: 8, Targets = [\"q_proj\", \"v_proj\"], Exclude = [\"v_proj\"])]"), "\"v_proj\"", "names 'v_proj' in its Targets, and Exclude takes all of its layers out again" },
        { "PEFT112", Family("[Lora(rank: 8, Targets = [\"q_proj\", \"lm_head\"])] [BaseConfig(\"llama-3.2-1b/config.json\")]"), "\"lm_head\"", "whose weight is also the weight of 'embed_tokens'" },
        { "PEFT113", Part("").Replace("private Part", "[Lora(rank: 8)] private Module<Tensor, Tensor> q = Linear(64, 64); private Part").Replace("class Net", "partial class Net"), "Lora(rank: 8)", "forward never calls 'q'" },
        { "PEFT201", Own("[Lora(rank: 512)] private Module<Tensor, Tensor> k_proj = Linear(768, 128);"), "512", "Rank 512 is not low for 'k_proj' (768→128). Above 109 the adapter holds more weights than the layer itself. Use 109 or less." },
        { "PEFT202", Family("[Lora(rank: 0)]"), "0", "Rank 0 of [Lora] on 'Persona' leaves nothing to train" },
        { "PEFT202", Family("[Lora(rank: 8, Alpha = -1)]"), "-1", "Alpha -1" },
        { "PEFT202", Family("[Ia3(LearningRate = -1e-2)]"), "-1e-2", "LearningRate = -0.01 of [Ia3] on 'Persona'" },
        { "PEFT202", Family("[Lora(rank: 8, Dropout = 1.0)]"), "1.0", "Dropout 1" },
        { "PEFT202", Family("[PromptTuning(tokens: -3)]"), "-3", "-3 tokens" },
        { "PEFT202", Family("[AdaLora(12, 0)]"), "0", "Rank 0 of [AdaLora] on 'Persona' leaves nothing to train" },
        { "PEFT202", Family("[MultitaskPromptTuning(tokens: 4, tasks: 0)]"), "0", "tasks = 0 of [MultitaskPromptTuning] on 'Persona'" },
        { "PEFT202", Family("[MultitaskPromptTuning(4, 2, Init = MultitaskPromptInit.OnlySourceShared)]"), "MultitaskPromptInit.OnlySourceShared", "but InitAdapter is not set" },
        { "PEFT202", Family("[MultitaskPromptTuning(4, 2, InitTask = 1)]"), "1", "only Init = MultitaskPromptInit.ExactSourceTask starts from one task" },
        { "PEFT202", Family("[MultitaskPromptTuning(4, 2, InitAdapter = \"a\")]"), "\"a\"", "Init names no start from source tasks" },
        { "PEFT202", Family("[MultitaskPromptTuning(4, 2, Tokenizer = \"t\")]"), "\"t\"", "only Init = MultitaskPromptInit.Text starts from a text" },
        { "PEFT202", Family("[Lora(rank: 8, TrainableTokens = [5, 200000])] [BaseConfig(\"llama-3.2-1b/config.json\")]"), "200000", "not one of the embedding's 128,256 rows" },
        { "PEFT202", Family("[Lora(rank: 8)] [Training(Epochs = 0)]"), "0", "Epochs = 0" },
        { "PEFT202", Family("[Lora(rank: 8)] [Quantize(BlockSize = 100)]"), "100", "Blocks of 100 in the quantisation of 'Persona' are none that kernels know. Use 32, 64, 128" },
        { "PEFT203", Family("[Lora(rank: 8, RankPattern = [\"q_proj: 4\"])]"), "\"q_proj: 4\"", "not of the form \"name=4\"" },
        { "PEFT204", Family("[Lora(rank: 8)] [Budget(MaxTrainable = 1000)] [BaseConfig(\"llama-3.2-1b/config.json\")]"), "1000", "trains 851,968 parameters, 850,968 more than the 1,000" },
        { "PEFT204", Family("[Lora(rank: 8)] [Budget(MaxMemoryGiB = 2)] [BaseConfig(\"llama-3.2-1b/config.json\")]"), "2", "for a step of 8 × 1,024 tokens, more than the 2 GiB of its [Budget]: weights 4.60, adapters 0.00" },
        { "PEFT204", Family("[Lora(rank: 8)] [Training(Checkpointing = Checkpointing.Selective)] [Budget(MaxMemoryGiB = 2)] [BaseConfig(\"llama-3.2-1b/config.json\")]"), "2", "activations 16.26" },
        { "PEFT204", Family("[Lora(rank: 8)] [Quantize] [Budget(MaxMemoryGiB = 1)] [BaseConfig(\"llama-3.2-1b/config.json\")]"), "1", "helps most: it leaves " },
        { "PEFT204", Family("[Lora(rank: 8)] [Budget(MaxAdapterMiB = 3)] [BaseConfig(\"llama-3.2-1b/config.json\")]"), "3", "The adapters of 'Persona' are 3.25 MiB on disk, more than the 3 MiB of its [Budget]: Lora 3.25." },
        { "PEFT204", Family("[Lora(rank: 8)] [Budget(MaxTrainable = 1000)]"), "Budget(MaxTrainable = 1000)", "cannot be kept without knowing the model's sizes" },
        { "PEFT205", Family("[Lora(rank: 8)] [Training(LearningRate = 2)]"), "2", "makes AdamW move every weight by that much in a step" },
        { "PEFT302", "[PromptTuning(20)] " + Own("private Module<Tensor, Tensor> q = Linear(64, 64);"), "PromptTuning(20)", "puts virtual tokens before the input of a causal language model" },
        { "PEFT302", "[Quantize] " + Own("[Lora(rank: 8)] private Module<Tensor, Tensor> q = Linear(64, 64);"), "Quantize", "'Tiny' does not derive from PretrainedModel" },
        { "PEFT202", Family("[Lora(rank: 8)] [Quantize(QuantizationType.Int8, OutlierThreshold = -1)]"), "-1", "has the outlier threshold -1, but an absolute value is never below 0" },
        { "PEFT202", Family("[Lora(rank: 8, Init = LoraInit.LoftQ, LoftQIterations = 0)] [Quantize]"), "0", "LoftQIterations" },
        { "PEFT303", Family("[Lora(rank: 8, Init = LoraInit.LoftQ)]"), "LoraInit.LoftQ", "'Persona' has no [Quantize]. Add [Quantize], or remove Init" },
        { "PEFT303", Family("[Lora(rank: 8, Init = LoraInit.LoftQ)] [Quantize(QuantizationType.Int8)]"), "LoraInit.LoftQ", "[Quantize] has a type of 8 bits, which loses almost nothing" },
        { "PEFT303", Family("[FullFineTuning] [Quantize(QuantizationType.Dynamic8)]"), "Quantize(QuantizationType.Dynamic8)", "a base in 8 bits has no room" },
        { "PEFT306", Family("[Lora(rank: 8)] [Quantize(QuantizationType.Int8)]") + " class User { void Use(Persona model) => model.Merge(); }", "model.Merge()", "sits on layers of 8 bits" },
        { "PEFT303", Family("[FullFineTuning] [Quantize]"), "Quantize", "[FullFineTuning] trains weights of the base themselves, and a base in 4 bits has no room" },
        { "PEFT303", Family("[Lora(rank: 8, Bias = BiasTraining.All)] [Lora(rank: 8, Name = \"b\", Bias = BiasTraining.AdaptedLayers)]"), "Lora(rank: 8, Name = \"b\", Bias = BiasTraining.AdaptedLayers)", "both train the biases of the base on 'Persona'" },
        { "PEFT304", Family("[Lora(rank: 8)] [Lora(rank: 4)]"), "Lora(rank: 4)", "Two adapters on 'Persona' are named 'default', so saving one would overwrite the other. Set Name on this one." },
        { "PEFT304", Family("[Lora(rank: 8, Name = \"a/b\")]"), "\"a/b\"", "The adapter name 'a/b'" },
        { "PEFT303", Family("[BitFit] [Personas(\"captain\", \"pip\")]").Replace("Llama", "Gpt2"), "Personas(\"captain\", \"pip\")", "[BitFit] on 'Persona' cannot be repeated by [Personas]: the adapters would all train the biases of the base" },
        { "PEFT304", Family("[Lora(rank: 8)] [Personas(\"captain\", \"\", \"pip\")]"), "\"\"", "The adapter name '' on 'Persona' is empty." },
        { "PEFT304", Family("[Lora(rank: 8)] [Lora(rank: 4, Name = \"pip\")] [Personas(\"captain\", \"pip\")]"), "\"pip\"", "Two adapters on 'Persona' are named 'pip'" },
        { "PEFT304", Family("[Lora(rank: 8)] [Personas([\"a/b\"])]"), "\"a/b\"", "The adapter name 'a/b'" },
        { "PEFT307", Family("[Lora(rank: 8)] [Personas]"), "Personas", "[Personas] on 'Persona' has no names" },
        { "PEFT307", Family("[Lora(rank: 8, Name = \"pip\")] [Personas(\"captain\")]"), "Personas(\"captain\")", "[Personas] on 'Persona' has no adapter to repeat: 'pip' has a Name of its own." },
        { "PEFT307", Family("[Lora(rank: 8)] [PromptTuning(20)] [Personas(\"captain\")]"), "PromptTuning(20)", "but [Lora] and [PromptTuning] have no Name, so it is not clear which. Set Name on the one that is not to be repeated." },
        { "PEFT007", Family("[Personas(\"captain\")]"), "Personas(\"captain\")", "[Personas] on 'Persona' has no effect" },
        { "PEFT306", Family("[PromptTuning(20)]") + " class User { void Use(Persona model) => model.Merge(); }", "model.Merge()", "The adapter 'default' has a [PromptTuning], which sits before the input and not on weights, and cannot be merged." },
        { "PEFT306", Family("[UniPelt]") + " class User { void Use(Persona model) => model.Adapters.Merge(dequantize: true); }", "model.Adapters.Merge(dequantize: true)", "has a [Bottleneck], which sits after sublayers" },
        { "PEFT306", Family("[Lora(rank: 8)] [Quantize]") + " class User { void Use(Persona model) => model.Merge(); }", "model.Merge()", "sits on layers of 4 bits, whose codes have no room for it. Call Merge(dequantize: true)" },
        { "PEFT310", Family("[PromptTuning(8)] [Training(Packing = true)]"), "true", "which 'Persona' cannot keep apart: it has virtual tokens before the text" },
        { "PEFT702", "[Lora(rank: 16)] public sealed partial class Captain : LlamaForCausalLM;", "Lora(rank: 16)", "The adapter in 'Captain', trained on 'meta-llama/Llama-3.2-1B', does not fit [Lora] on 'Captain': r is 8, not 16; lora_alpha is 8, not 16." },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rule_OnItsMistake_SquigglesTheSmallestWrongThing(string id, string source, string squiggle, string text)
    {
        Diagnostic diagnostic = Assert.Single(Generated.From(source, Configs.Llama1B).Analyze(Configs.Llama1B, SavedAdapters.Captain));

        Assert.Equal(id, diagnostic.Id);
        Assert.Contains(text, diagnostic.GetMessage());
        Assert.Equal(squiggle, diagnostic.Location.SourceTree!.GetText().ToString(diagnostic.Location.SourceSpan));
    }

    [Fact]
    public void Rules_ExceptOurOwnFault_AreAllAsserted() =>
        Assert.Equal(RuleCatalog.All.Select(rule => rule.Id).Where(id => id != "PEFT901").Order(), Cases.Select(row => (string)row[0]).Distinct().Order());

    [Fact]
    public void Pragma_AroundTheDeclaration_Suppresses()
    {
        string source = "#pragma warning disable PEFT201\n" + Own("[Lora(rank: 512)] private Module<Tensor, Tensor> k_proj = Linear(768, 128);") + "\n#pragma warning restore PEFT201";

        Assert.Empty(Generated.From(source).Analyze());
    }

    [Fact]
    public void AllProblems_OfADeclaration_ComeAtOnce()
    {
        string source = Family("[Lora(rank: 0, Targets = [\"q_porj\", \"v_prj\"], Dropout = 2)]");

        Assert.Equal(["PEFT202", "PEFT101", "PEFT101", "PEFT202"], Generated.From(source).Analyze().Select(diagnostic => diagnostic.Id));
    }

    [Fact]
    public void UnknownBaseClass_IsLeftToTheCompiler() => Assert.Empty(Generated.From("[Lora(rank: 8)] partial class Persona : LamaForCausalLM;").Analyze());

    [Fact]
    public void Problem_OnAMember_StandsThere()
    {
        Diagnostic diagnostic = Assert.Single(Generated.From(Own("[Lora(rank: 8)] private GELU act = GELU();")).Analyze());

        Assert.Equal("PEFT108", diagnostic.Id);
    }

    private static string Family(string attributes) => attributes + "\npublic sealed partial class Persona : LlamaForCausalLM;";

    private static string Part(string attributes) =>
        $$"""
        public sealed class Net : Module<Tensor, Tensor>
        {
            private Part part = new();
            public Net() : base("Net") => RegisterComponents();
            public override Tensor forward(Tensor x) => part.call(x);
        }
        public sealed partial class Part : Module<Tensor, Tensor>
        {
            {{attributes}} private Module<Tensor, Tensor> k = Linear(64, 64);
            public Part() : base("Part") => RegisterComponents();
            public override Tensor forward(Tensor x) => k.call(x);
        }
        """;

    private static string Own(string members) => OwnModel.Replace("MEMBERS", members);
}
