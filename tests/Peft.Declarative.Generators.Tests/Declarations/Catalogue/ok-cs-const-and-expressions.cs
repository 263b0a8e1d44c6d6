// expect: none
// adapts: q_proj
using Peft.Declarative;
using Peft.Declarative.Models;
public static class Sizes { public const int Rank = 2 + 2; public const string Q = "q" + "_proj"; }
[Lora(rank: Sizes.Rank, Alpha = Sizes.Rank * 2, Targets = [Sizes.Q, """v_proj"""])]
public sealed partial class Persona : LlamaForCausalLM;
