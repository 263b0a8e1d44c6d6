// expect: none
namespace My.Peft.Declarative.TorchSharp;
[global::Peft.Declarative.Lora(rank: 4)]
public sealed partial class Persona : global::Peft.Declarative.Models.LlamaForCausalLM;
