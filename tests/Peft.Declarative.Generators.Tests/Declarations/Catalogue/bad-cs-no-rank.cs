// expect: CS*+
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora]
public sealed partial class Persona : LlamaForCausalLM;
