// expect: none
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] public sealed partial class Persona : LlamaForCausalLM;
internal static class Use { internal static void Run<T>(T model) where T : Persona2 => model.Merge(); }
[Lora(rank: 4)] public partial class Persona2 : LlamaForCausalLM;
