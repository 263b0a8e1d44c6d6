// expect: PEFT306 at model.Merge()
using Peft.Declarative;
using Peft.Declarative.Models;
[PrefixTuning(tokens: 3)] public sealed partial class Persona : LlamaForCausalLM;
internal static class Use { internal static void Run(Persona model) => model.Merge(); }
