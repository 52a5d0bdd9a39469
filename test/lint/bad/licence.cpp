// lint-as: src/client.cpp
// lint-wants: licence 1

int x;
