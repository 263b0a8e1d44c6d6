// expect: PEFT306 at model.Merge()
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] [Quantize] public sealed partial class Persona : LlamaForCausalLM;
internal static class Use { internal static void Run(Persona model) => model.Merge(); }
