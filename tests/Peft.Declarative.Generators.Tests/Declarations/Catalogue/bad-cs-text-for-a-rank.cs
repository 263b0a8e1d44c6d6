// expect: CS*+
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: "eight")]
public sealed partial class Persona : LlamaForCausalLM;
