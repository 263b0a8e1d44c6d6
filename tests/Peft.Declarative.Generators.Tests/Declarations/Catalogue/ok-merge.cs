// expect: none
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] public sealed partial class Persona : LlamaForCausalLM;
internal static class Use { internal static void Run(Persona model) => model.Merge(); }
