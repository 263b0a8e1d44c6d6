using Peft.Declarative.CodeFixes;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Fixes;

/// <summary>Fixes that exchange one word or number for the right one, before and after.</summary>
public class MechanicalFixTests
{
    [Fact]
    public Task UseNearName_InAPattern_KeepsTheValue() => Fix.Verify<UseNearNameFix>(
        """[Lora(rank: 8, Targets = ["q_proj"], RankPattern = [{|PEFT107:"q_porj=4"|}])] partial class Persona : LlamaForCausalLM;""",
        """[Lora(rank: 8, Targets = ["q_proj"], RankPattern = ["q_proj=4"])] partial class Persona : LlamaForCausalLM;""");

    [Fact]
    public Task UseNearName_OfAConfig_WritesItsPath() => Fix.Verify<UseNearNameFix>(
        """[Lora(rank: 8)] [BaseConfig({|PEFT003:"models/lama-3.2-1b/config.json"|})] partial class Persona : LlamaForCausalLM;""",
        """[Lora(rank: 8)] [BaseConfig("models/llama-3.2-1b/config.json")] partial class Persona : LlamaForCausalLM;""",
        Configs.Llama1B);

    [Fact]
    public Task SetNumber_BelowTheLeast_TakesTheLeast() => Fix.Verify<SetNumberFix>(
        """[Lora(rank: {|PEFT202:0|})] [Training(Epochs = {|PEFT202:-2|})] partial class Persona : LlamaForCausalLM;""",
        """[Lora(rank: 1)] [Training(Epochs = 1)] partial class Persona : LlamaForCausalLM;""");

    [Fact]
    public Task UseEquals_InAnEntryWithAColon_WritesAnEqualsSign() => Fix.Verify<UseEqualsFix>(
        """[Lora(rank: 8, RankPattern = [{|PEFT203:"q_proj: 4"|}])] partial class Persona : LlamaForCausalLM;""",
        """[Lora(rank: 8, RankPattern = ["q_proj=4"])] partial class Persona : LlamaForCausalLM;""");

    [Fact]
    public Task GroupByLength_WherePackingCannotBe_TakesItsPlace() => Fix.Verify<GroupByLengthFix>(
        """[PromptTuning(8)] [Training(Epochs = 2, Packing = {|PEFT310:true|})] partial class Persona : LlamaForCausalLM;""",
        """[PromptTuning(8)] [Training(Epochs = 2, GroupByLength = true)] partial class Persona : LlamaForCausalLM;""");

    [Fact]
    public Task RemoveEntry_ThatExcludesNothing_RemovesTheArgument() => Fix.Verify<RemoveEntryFix>(
        """[Lora(rank: 8, Targets = ["q_proj"], Exclude = [{|PEFT111:"k_proj"|}])] partial class Persona : LlamaForCausalLM;""",
        """[Lora(rank: 8, Targets = ["q_proj"])] partial class Persona : LlamaForCausalLM;""");

    [Fact]
    public Task RemoveEntry_NamedTwice_KeepsTheFirst() => Fix.Verify<RemoveEntryFix>(
        """[Lora(rank: 8, Targets = ["q_proj", {|PEFT111:"q_proj"|}])] partial class Persona : LlamaForCausalLM;""",
        """[Lora(rank: 8, Targets = ["q_proj"])] partial class Persona : LlamaForCausalLM;""");

    [Fact]
    public Task RemoveIdle_WithoutAnAdapter_RemovesAllThatWaitForOne() => Fix.Verify<RemoveIdleFix>(
        """
        // kept
        [{|PEFT007:Training(Epochs = 2)|}, Quantize]
        partial class Persona : LlamaForCausalLM;
        """,
        """
        // kept
        partial class Persona : LlamaForCausalLM;
        """);

    [Fact]
    public Task SaveModule_OfAKindThatCannotBeAdapted_MovesIt() => Fix.Verify<SaveModuleFix>(
        """[Lora(rank: 8, Targets = ["q_proj", {|PEFT108:"norm"|}])] partial class Persona : LlamaForCausalLM;""",
        """[Lora(rank: 8, Targets = ["q_proj"], ModulesToSave = ["norm"])] partial class Persona : LlamaForCausalLM;""");

    [Theory]
    [InlineData("private Module<Tensor, Tensor> q_proj = Linear(64, 64);")]
    [InlineData("Module<Tensor, Tensor> q_proj = Linear(64, 64);")]
    public Task MakeInternal_OfAPrivateLayerInABlock_ChangesItsAccess(string member) => Fix.Verify<MakeInternalFix>(
        $$"""
        public sealed class Block : Module<Tensor, Tensor>
        {
            // kept
            {{member}}
            public Block() : base("block") => RegisterComponents();
            public override Tensor forward(Tensor x) => q_proj.call(x);
        }
        [{|PEFT105:Lora(rank: 8, Targets = ["q_proj"])|}]
        partial class Net : Module<Tensor, Tensor> { private readonly Block block = new(); public Net() : base("net") => RegisterComponents(); public override Tensor forward(Tensor x) => block.call(x); }
        """,
        """
        public sealed class Block : Module<Tensor, Tensor>
        {
            // kept
            internal Module<Tensor, Tensor> q_proj = Linear(64, 64);
            public Block() : base("block") => RegisterComponents();
            public override Tensor forward(Tensor x) => q_proj.call(x);
        }
        [Lora(rank: 8, Targets = ["q_proj"])]
        partial class Net : Module<Tensor, Tensor> { private readonly Block block = new(); public Net() : base("net") => RegisterComponents(); public override Tensor forward(Tensor x) => block.call(x); }
        """);

    [Theory]
    [InlineData("captain", "captain2")]
    [InlineData("a b", "a_b")]
    public Task NameAdapter_AmongPersonas_ChangesTheNameInTheList(string name, string better) => Fix.Verify<NameAdapterFix>(
        $$"""[Lora(rank: 8)] [Personas("captain", {|PEFT304:"{{name}}"|})] partial class Persona : LlamaForCausalLM;""",
        $$"""[Lora(rank: 8)] [Personas("captain", "{{better}}")] partial class Persona : LlamaForCausalLM;""");

    [Fact]
    public Task NameAdapter_OfTwoToRepeat_NamesTheSecond() => Fix.Verify<NameAdapterFix>(
        """[Lora(rank: 8)] [{|PEFT307:PromptTuning(20)|}] [Personas("captain")] partial class Persona : LlamaForCausalLM;""",
        """[Lora(rank: 8)] [PromptTuning(20, Name = "prompt_tuning")] [Personas("captain")] partial class Persona : LlamaForCausalLM;""");

    [Fact]
    public Task RemoveIdle_OnPersonasOfNoAdapter_RemovesThem() => Fix.Verify<RemoveIdleFix>(
        """
        [Lora(rank: 8, Name = "captain")]
        [{|PEFT307:Personas("pip")|}]
        partial class Persona : LlamaForCausalLM;
        """,
        """
        [Lora(rank: 8, Name = "captain")]
        partial class Persona : LlamaForCausalLM;
        """);

    [Fact]
    public Task NameAdapter_WithASlash_WritesAnUnderscore() => Fix.Verify<NameAdapterFix>(
        """[Lora(rank: 8, Name = {|PEFT304:"a/b"|})] partial class Persona : LlamaForCausalLM;""",
        """[Lora(rank: 8, Name = "a_b")] partial class Persona : LlamaForCausalLM;""");
}
