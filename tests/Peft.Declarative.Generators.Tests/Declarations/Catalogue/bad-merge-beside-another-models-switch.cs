// expect: PEFT306 at prompt.Merge()
using Peft.Declarative;
using Peft.Declarative.Models;
[PrefixTuning(tokens: 5)] public sealed partial class Persona : LlamaForCausalLM;
[Lora(rank: 8)] public sealed partial class Other : LlamaForCausalLM;
internal static class Use { internal static void Run(Persona prompt, Other other) { other.LoadAdapter("x"); prompt.Merge(); } }
