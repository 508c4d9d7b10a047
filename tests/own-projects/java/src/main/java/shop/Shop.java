package shop; class Shop {}
